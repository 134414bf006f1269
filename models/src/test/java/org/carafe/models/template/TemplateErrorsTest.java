package org.carafe.models.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.carafe.models.template.TemplateException.Kind;
import org.junit.jupiter.api.Test;

/** Errors name the place and the reason. */
class TemplateErrorsTest {
    private static TemplateException failure(String template) {
        return catchThrowableOfType(TemplateException.class, () -> Requests.render(template));
    }

    @Test
    void aSyntaxErrorSaysWhereAndWhat() {
        assertThat(failure("a\n{% if x %}\n  {{ 1 + }}\n{% endif %}"))
                .hasMessage("line 3, column 10: unexpected 'end of print statement'");
        assertThat(failure("{% for x in y %}\n{% if x %}").getMessage())
                .isEqualTo("line 2, column 11: Unexpected end of template. Jinja was looking for the following tags:"
                        + " 'elif' or 'else' or 'endif'. The innermost block that needs to be closed is 'if'.");
        assertThat(failure("{% endif %}")).hasMessage("line 1, column 4: Encountered unknown tag 'endif'.");
        assertThat(failure("{{ 'abc }}")).hasMessage("line 1, column 4: unexpected char \"'\" at 3");
        assertThat(failure("{{ (1] }}")).hasMessage("line 1, column 6: unexpected ']', expected ')'");
        assertThat(failure("{{ x|nope }}")).hasMessage("line 1, column 6: No filter named 'nope'.");
    }

    @Test
    void anErrorOfARenderingSaysWhereAndWhat() {
        TemplateException failure = failure("x\n\n  {{ messages[0].content }}");
        assertThat(failure).hasMessage("line 3, column 17: list object has no element 0");
        assertThat(failure.kind()).isEqualTo(Kind.UNDEFINED);
        assertThat(failure.line()).isEqualTo(3);
        assertThat(failure.column()).isEqualTo(17);
        assertThat(failure("{% macro m(a) %}\n{{ a + 1 }}{% endmacro %}\n{{ m('x') }}"))
                .hasMessage("line 2, column 6: can only concatenate str (not \"int\") to str");
        assertThat(failure("{{ nope.a }}")).hasMessage("line 1, column 8: 'nope' is undefined");
        assertThat(failure("{{ 1 / 0 }}").kind()).isEqualTo(Kind.ARITHMETIC);
        assertThat(failure("{{ [].append(1) }}"))
                .hasMessage("line 1, column 13: access to attribute 'append' of 'list' object is unsafe.");
    }

    @Test
    void whatTheTemplateRaisesIsTheMessageAndNothingElse() {
        TemplateException failure = failure("a\n{{ raise_exception('Roles must alternate!') }}");
        assertThat(failure).isInstanceOf(TemplateRaisedException.class).hasMessage("Roles must alternate!");
        assertThat(failure.line()).isEqualTo(2);
    }

    @Test
    void tagsThatNeedOtherFilesAreNamed() {
        for (String tag : new String[] {"include 'a'", "import 'a' as b", "from 'a' import b", "extends 'a'"}) {
            TemplateException failure = failure("{% " + tag + " %}");
            assertThat(failure.kind()).isEqualTo(Kind.UNSUPPORTED);
            assertThat(failure.detail()).contains("'" + tag.substring(0, tag.indexOf(' ')) + "' tag is not supported");
        }
    }

    @Test
    void aCallersVariablesCannotReplaceTheConversation() {
        for (String name :
                new String[] {"messages", "tools", "documents", "add_generation_prompt", "raise_exception"}) {
            ChatTemplate template = ChatTemplate.parse("{{ messages }}");
            TemplateException failure =
                    catchThrowableOfType(TemplateException.class, () -> template.render(Requests.with(name, "[]")));
            assertThat(failure).hasMessage("chat template argument '" + name + "' cannot be overridden");
        }
    }
}
