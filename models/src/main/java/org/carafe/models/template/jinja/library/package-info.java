/**
 * What Jinja2 and Python bring along: filters, tests, global functions, the methods of strings, lists and dicts, both
 * formatting languages, JSON and strftime. Owns no state; called by compiled templates.
 */
@NullMarked
package org.carafe.models.template.jinja.library;

import org.jspecify.annotations.NullMarked;
