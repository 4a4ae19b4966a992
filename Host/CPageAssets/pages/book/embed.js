// Tells the page around this frame how high it is, and nobody else.
const main = document.querySelector("main");
const parentOrigin = main?.dataset.parent;
if (parentOrigin && window.parent !== window) {
  const tell = (kind) => window.parent.postMessage(
    { almanac: kind, height: Math.ceil(document.documentElement.getBoundingClientRect().height) }, parentOrigin);
  new ResizeObserver(() => tell("size")).observe(document.documentElement);
  tell("page");
}
