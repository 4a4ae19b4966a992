// Shows booking pages in a frame: <script async src="https://book.example.org/book/widget.js" data-event-type="…">.
(() => {
  const script = document.currentScript;
  if (!script) return;
  const home = new URL(script.src).origin;
  const { eventType, organization, lang, title } = script.dataset;
  const address = new URL("/book" + (eventType ? "/" + encodeURIComponent(eventType) : ""), home);
  address.searchParams.set("embed", "1");
  address.searchParams.set("origin", location.origin);
  if (organization) address.searchParams.set("organization", organization);
  const language = lang || document.documentElement.lang;
  if (language) address.searchParams.set("lang", language.slice(0, 2).toLowerCase());
  const frame = document.createElement("iframe");
  frame.src = address.href;
  frame.title = title || "Booking";
  frame.referrerPolicy = "strict-origin";
  Object.assign(frame.style, { display: "block", width: "100%", height: "640px", border: "0" });
  script.after(frame);
  addEventListener("message", (event) => {
    if (event.origin !== home || event.source !== frame.contentWindow) return;
    const { almanac, height } = event.data ?? {};
    if (!["size", "page"].includes(almanac) || !Number.isFinite(height)) return;
    frame.style.height = `${Math.min(Math.max(height, 200), 20000)}px`;
    // Another page begins at its top.
    if (almanac === "page" && frame.dataset.shown && frame.getBoundingClientRect().top < 0) frame.scrollIntoView();
    frame.dataset.shown = "1";
  });
})();
