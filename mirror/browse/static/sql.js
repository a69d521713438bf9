// The SQL editor: CodeMirror on the form's text field, and a button that formats the statement.
"use strict";
window.addEventListener("DOMContentLoaded", () => {
    const button = document.querySelector("button#sql-format");
    const shown = document.querySelector("pre#sql-query");
    const field = document.querySelector("textarea#sql-editor");
    if (field && window.CodeMirror) {
        const editor = CodeMirror.fromTextArea(field, {
            lineNumbers: true, mode: "text/x-sql", lineWrapping: true,
            extraKeys: {"Shift-Enter": () => field.form.submit(), Tab: false},
        });
        editor.getInputField().setAttribute("aria-label", "SQL");
        if (button) {
            button.hidden = false;
            button.addEventListener("click", () => editor.setValue(sqlFormatter.format(editor.getValue())));
        }
    } else if (shown && button) {
        button.hidden = false;
        button.addEventListener("click", () => { shown.textContent = sqlFormatter.format(shown.textContent); });
    }
});
