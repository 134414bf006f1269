package org.carafe.models.template.jinja.eval;

import java.util.Map;
import org.carafe.models.template.TemplateException;
import org.carafe.models.template.jinja.Errors;
import org.carafe.models.template.jinja.Execution;
import org.carafe.models.template.jinja.TemplateLimits;
import org.carafe.models.template.jinja.syntax.SyntaxTree;
import org.carafe.models.template.jinja.value.Text;
import org.carafe.models.template.jinja.value.TextBuilder;
import org.carafe.models.template.jinja.value.Value;

/** A template ready to render. Immutable; any number of threads may render at once. */
public final class CompiledTemplate {
    private final TemplateLimits limits;
    private final FunctionScope function;
    private final Entry entry;
    private final Action body;

    private CompiledTemplate(TemplateLimits limits, FunctionScope function, Entry entry, Action body) {
        this.limits = limits;
        this.function = function;
        this.entry = entry;
        this.body = body;
    }

    /** TemplateException of kind SYNTAX where the tree makes no template: unknown filters, break outside of a loop, ... */
    public static CompiledTemplate compile(SyntaxTree tree, TemplateLimits limits) {
        Scope root = Scope.root();
        ScopeAnalysis.visitAll(tree.body(), root.symbols());
        Action body = new StatementCompiler(tree).body(tree.body(), root);
        return new CompiledTemplate(limits, root.symbols().function(), Entry.of(root.symbols()), body);
    }

    /** Renders with these variables; a TemplateException carries the place. */
    public Text render(Map<String, Value> variables) {
        Execution execution = new Execution(limits);
        try {
            TextBuilder out = new TextBuilder(execution, 1024);
            Activation activation = new Activation(function, null, new Context(variables, execution), out);
            entry.enter(activation);
            body.run(activation);
            return out.toText();
        } catch (TemplateException failure) {
            throw failure.at(execution.position().line(), execution.position().column());
        } catch (
                StackOverflowError
                        tooDeep) { // the depth limit comes first unless the thread's stack is unusually small
            throw Errors.limit("nested calls or values exceed the limit of this thread's stack")
                    .at(execution.position().line(), execution.position().column());
        }
    }
}
