// Small comforts. Every page works without them.
"use strict";

// The reading frame is as tall as what it shows. Its document has no scripts of its own: the frame
// is sandboxed; we may measure it because it comes from this server.
for (const frame of document.querySelectorAll("iframe.reader")) {
    const fit = () => {
        const inside = frame.contentDocument;
        if (inside && inside.body) {
            frame.style.height = `${Math.ceil(inside.body.getBoundingClientRect().height) + 2}px`;
        }
    };
    const watch = () => {
        const inside = frame.contentDocument;
        if (!inside || !inside.body) return;
        fit();
        new ResizeObserver(fit).observe(inside.body);
    };
    frame.addEventListener("load", watch);
    if (frame.contentDocument && frame.contentDocument.readyState === "complete") watch();
}

// A quote leads to its place in the text.
for (const quote of document.querySelectorAll("button.quote")) {
    quote.addEventListener("click", () => {
        const frame = document.querySelector("iframe.reader");
        const inside = frame && frame.contentDocument;
        const place = inside && inside.getElementById(`evidence-${quote.dataset.evidence}`);
        if (!place) {
            quote.disabled = true;
            quote.title = "Not in the text: it stands in the markup, an address, a title or a field";
            return;
        }
        for (const old of inside.querySelectorAll(".is-pointed")) old.classList.remove("is-pointed");
        place.classList.add("is-pointed");
        const top = frame.getBoundingClientRect().top + window.scrollY;
        const at = top + place.getBoundingClientRect().top;
        window.scrollTo({top: at - window.innerHeight / 3, behavior: "smooth"});
    });
}

// A picture that has no thumbnail gives way to its type; a card does without.
for (const picture of document.querySelectorAll(".wall img, .strip img, .card-picture")) {
    const give = () => {
        if (picture.matches(".card-picture")) {
            picture.remove();
            return;
        }
        const word = document.createElement("span");
        word.className = "tile-word";
        word.textContent = picture.alt || "no preview";
        picture.replaceWith(word);
    };
    picture.addEventListener("error", give);
    // It may have failed before, or not have been asked for yet: either is told when it is set again.
    if (picture.complete && picture.naturalWidth === 0 && picture.src) picture.src = picture.getAttribute("src");
}

// The menu may be wider than a telephone: the page's own entry comes into view.
const current = document.querySelector(".menu [aria-current]");
if (current) current.parentElement.scrollLeft = current.offsetLeft - 40;

// `/` goes to the search field.
document.addEventListener("keydown", (event) => {
    const busy = event.target.closest && event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !busy && !event.ctrlKey && !event.metaKey && !event.altKey) {
        const field = document.querySelector(".quick input");
        if (field) {
            event.preventDefault();
            field.focus();
        }
    }
});

// Menus of Datasette's tables close when something else is clicked.
document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.actions-menu-links[open]")) {
        if (!menu.contains(event.target)) menu.open = false;
    }
});
