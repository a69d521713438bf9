// Datasette's table.js asks whether it may offer facets, in a variable.
"use strict";
window.DATASETTE_ALLOW_FACET = document.currentScript.dataset.facets === "true";
