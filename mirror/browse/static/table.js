// Datasette's table.js asks whether it may offer facets, in a variable.
"use strict";
window.addEventListener("DOMContentLoaded", () => {
    // Datasette's filters have no labels.
    const names = {_filter_column: "Column", _filter_op: "Condition", _filter_value: "Value", _sort: "Sort by"};
    for (const field of document.querySelectorAll("form.filters select, form.filters input")) {
        const name = names[(field.name || "").replace(/_\d+$/, "")];
        if (name && !field.labels.length) field.setAttribute("aria-label", name);
    }
    // What the columns mean is there for whoever asks; the rows come first.
    const meanings = document.querySelector("dl.column-descriptions");
    if (!meanings) return;
    const details = document.createElement("details");
    details.className = "described";
    const summary = document.createElement("summary");
    summary.textContent = "What the columns mean";
    meanings.replaceWith(details);
    details.append(summary, meanings);
});
window.DATASETTE_ALLOW_FACET = document.currentScript.dataset.facets === "true";
