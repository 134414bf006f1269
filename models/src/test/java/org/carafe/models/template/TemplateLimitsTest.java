package org.carafe.models.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Duration;
import org.carafe.models.template.TemplateException.Kind;
import org.carafe.models.template.jinja.TemplateLimits;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hostile templates fail with one clear error, quickly, and leave heap and stack alone. */
class TemplateLimitsTest {
    private static final Duration QUICKLY = Duration.ofSeconds(30);

    private static TemplateException failure(String template) {
        return Assertions.assertTimeoutPreemptively(
                QUICKLY, () -> catchThrowableOfType(TemplateException.class, () -> Requests.render(template)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% for a in range(99999) %}{% for b in range(99999) %}{{ a }}{% endfor %}{% endfor %}",
                "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
                "{% set ns = namespace(x='ab') %}{% for a in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
                "{% set ns = namespace(x=['ab']) %}{% for a in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
                "{% set ns = namespace(x='ab') %}{% for a in range(99) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}",
                "{% set ns = namespace(x='ab') %}{% for a in range(99) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}"
                        + "{{ ns.x|tojson }}",
                "{% set ns = namespace(x='a', y='a') %}{% for a in range(99) %}{% set ns.x = [ns.x, ns.x] %}"
                        + "{% set ns.y = [ns.y, ns.y] %}{% endfor %}{{ ns.x == ns.y }}",
                "{% set ns = namespace(x='a', y='a') %}{% for a in range(99) %}{% set ns.x = [ns.x, ns.x] %}"
                        + "{% set ns.y = [ns.y, ns.y] %}{% endfor %}{{ ns.x < ns.y }}",
                "{{ 'a' * 999999999 }}",
                "{{ [0] * 999999999 }}",
                "{{ 'a' * 9999999 * 9 }}",
                "{{ '%999999999d' % 1 }}",
                "{{ '%.999999999f' % 1 }}",
                "{{ '%*d' % (999999999, 1) }}",
                "{{ '{:999999999}'.format(1) }}",
                "{{ '{:.999999999f}'.format(1.5) }}",
                "{{ 'a'.center(999999999) }}",
                "{{ 'a'.ljust(999999999) }}",
                "{{ 'a'.zfill(999999999) }}",
                "{{ 'a'|center(999999999) }}",
                "{{ 'a\\nb'|indent(999999999) }}",
                "{{ '\\t'.expandtabs(999999999) }}",
                "{{ [1]|tojson(indent=999999999) }}",
                "{{ strftime_now('%999999999d') }}",
                "{{ 9 ** 99999 }}",
                "{{ (2 ** 9999) * (2 ** 9999) * (2 ** 9999) * (2 ** 9999) }}",
                "{{ 1|round(999999999, 'ceil') }}",
                "{{ [1]|batch(999999999, 0)|list }}",
                "{{ [1]|slice(999999999)|list|length }}",
                "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
                "{% macro f(n) %}{{ f(n + 1) ~ f(n + 1) }}{% endmacro %}{{ f(0) }}",
                "{% macro f() %}{% call f() %}{{ caller() }}{% endcall %}{% endmacro %}{% call f() %}{% endcall %}",
                "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
                "{% set ns = namespace() %}{% set ns.x = ns %}{{ ns }}",
                "{% set ns = namespace(x=[]) %}{% for i in range(9999) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x }}",
                "{% set ns = namespace(x=[]) %}{% for i in range(9999) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x|tojson }}",
                "{% set ns = namespace(x='ab') %}{% for i in range(99999) %}{% set ns.x = ns.x|map('upper') %}{% endfor %}"
                        + "{{ ns.x|list }}",
                "{% set x = 'ab' * 500000 %}{% for i in range(99999) %}{% set y = x|upper %}{% endfor %}",
                "{% set x = 'ab' * 500000 %}{% for i in range(99999) %}{% set y = 'q' in x %}{% endfor %}",
                "{% set x = range(90000)|list %}{% for i in range(99999) %}{% set y = x|sort %}{% endfor %}",
                "{% set x = range(90000)|list %}{% for i in range(99999) %}{% set y = -1 in x %}{% endfor %}",
            })
    void hostileTemplatesRunIntoALimit(String template) {
        TemplateException failure = failure(template);
        assertThat(failure).as(template).isNotNull();
        assertThat(failure.kind()).as(failure.getMessage()).isEqualTo(Kind.LIMIT);
        assertThat(failure.detail()).contains("limit");
        assertThat(failure.line()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"(, )", "[, ]", "{1:, }", "-, ''", "'not ', ''", "'1 if 1 else ', ''", "f(, )", "'(1,(', ))"})
    void deepNestingIsRefusedByTheParser(String opening, String closing) {
        TemplateException failure = failure("{{ " + opening.repeat(20_000) + "1" + closing.repeat(20_000) + " }}");
        assertThat(failure.kind()).isEqualTo(Kind.LIMIT);
        assertThat(failure.detail()).contains("limit of 200");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% if 1 %}",
                "{% for x in y %}",
                "{% macro m() %}",
                "{% set x %}",
                "{% with %}",
                "{% call m() %}"
            })
    void deeplyNestedStatementsAreRefusedByTheParser(String opening) {
        assertThat(failure(opening.repeat(10_000)).kind()).isEqualTo(Kind.LIMIT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "+1",
                "~1",
                ".a",
                "[0]",
                "|e",
                "()",
                " and 1",
                " or 1",
                "*1",
                " is defined",
                "**1",
                " in x",
                " if 1"
            })
    void longChainsOfOperatorsNeverOverflowTheStack(String link) {
        String source = "{{ x" + link.repeat(50_000) + " }}";
        try {
            ChatTemplate.parse(source).render(Requests.messages("[]"));
        } catch (TemplateException refused) {
            assertThat(refused.kind()).isNotEqualTo(Kind.UNSUPPORTED);
        }
    }

    @Test
    void aLongElifChainIsNoNesting() {
        String source = "{% if x == 0 %}a" + "{% elif x == 1 %}b".repeat(2000) + "{% else %}c{% endif %}";
        assertThat(Requests.render(source)).isEqualTo("c");
    }

    @Test
    void aRangeEndsAtTheSandboxsLimit() {
        assertThat(Requests.render("{{ range(100000)|length }}")).isEqualTo("100000");
        TemplateException failure = failure("{{ range(100001) }}");
        assertThat(failure.kind()).isEqualTo(Kind.ARITHMETIC);
        assertThat(failure.detail()).contains("MAX_RANGE (100000)");
    }

    @Test
    void sourcesOverTheLimitAreRefused() {
        TemplateException failure =
                catchThrowableOfType(TemplateException.class, () -> ChatTemplate.parse("x".repeat((1 << 20) + 1)));
        assertThat(failure.kind()).isEqualTo(Kind.LIMIT);
        assertThat(failure.detail()).contains("1048577").contains("1048576");
    }

    @Test
    void theOutputHasALimitOfItsOwn() {
        TemplateLimits small = new TemplateLimits(1000, 20, 1_000_000, 100, 100);
        ChatTemplate template = ChatTemplate.parse("{% for i in range(200) %}x{% endfor %}", small);
        TemplateException failure =
                catchThrowableOfType(TemplateException.class, () -> template.render(Requests.messages("[]")));
        assertThat(failure.kind()).isEqualTo(Kind.LIMIT);
        assertThat(failure.detail()).isEqualTo("text of 101 characters exceeds the limit of 100");
    }

    @Test
    void aLongConversationStaysFarFromTheLimits() {
        ArrayNode messages = JsonNodeFactory.instance.arrayNode();
        String content = "A message of some length, as users write them. ".repeat(13);
        for (int i = 0; i < 1000; i++) {
            messages.addObject().put("role", i % 2 == 0 ? "user" : "assistant").put("content", content);
        }
        for (RealTemplate template : RealTemplate.all()) {
            assertThat(template.parsed().render(Requests.messages(messages))).hasSizeGreaterThan(600_000);
        }
    }

    @Test
    void recursionAsDeepAsPythonAllowsStillWorks() {
        assertThat(Requests.render(
                        "{% macro f(n) %}{{ n }}{% if n > 0 %}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(150) }}"))
                .startsWith("150149148");
    }

    @Test
    void jsonNestedTooDeepIsRefused() {
        String nested = "[".repeat(700) + "]".repeat(700);
        TemplateException failure = catchThrowableOfType(
                TemplateException.class, () -> ChatTemplate.parse("{{ x }}").render(Requests.with("x", nested)));
        assertThat(failure.kind()).isEqualTo(Kind.LIMIT);
    }
}
