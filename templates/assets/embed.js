// <a href="https://HERE/b/SLUG" data-onward="inline|popup|float">Book a talk</a><script async src="https://HERE/embed.js"></script>
// When something was booked the link gets an `onward:booked` event with {start, page}.
(() => {
  const home = new URL(document.currentScript.src).origin;
  const frames = new Map();
  const css = (node, rules) => { for (const [k, v] of Object.entries(rules)) node.style.setProperty(k, v); };
  const address = (link) => {
    const url = new URL(link.href);
    for (const [k, v] of new URLSearchParams(location.search)) if (/^(utm_(source|medium|campaign|term|content)|ref)$/.test(k) && !url.searchParams.has(k)) url.searchParams.set(k, v);
    return url;
  };
  const frame = (link) => {
    const url = address(link);
    url.searchParams.set("embed", "1");
    url.searchParams.set("host", location.origin);
    const node = document.createElement("iframe");
    node.src = url;
    node.title = link.textContent.trim();
    css(node, { border: "0", width: "100%", height: "640px" });
    frames.set(node, link);
    return node;
  };
  const popup = (link) => {
    const box = document.createElement("dialog");
    const close = document.createElement("button");
    close.textContent = "×";
    close.setAttribute("aria-label", /^fr/.test(document.documentElement.lang) ? "Fermer" : "Close");
    css(box, { border: "0", padding: "0", width: "min(960px,96vw)", "max-height": "94vh" });
    css(close, { position: "absolute", right: "8px", top: "8px", width: "44px", height: "44px", font: "24px sans-serif", border: "0", background: "none", color: "#52605C", "z-index": "1", cursor: "pointer" });
    close.onclick = () => box.close();
    box.onclose = () => { box.remove(); link.focus(); };
    box.append(close, frame(link));
    document.body.append(box);
    box.showModal();
  };
  addEventListener("message", (event) => {
    if (event.origin !== home || event.data?.source !== "onward") return;
    for (const [node, link] of frames) {
      if (node.contentWindow !== event.source) continue;
      if (event.data.type === "close") node.closest("dialog")?.close();
      if (event.data.type === "height") node.style.height = `${Math.min(Number(event.data.height) || 640, 5000)}px`;
      if (event.data.type === "booked") link.dispatchEvent(new CustomEvent("onward:booked", { bubbles: true, detail: { start: event.data.start, page: event.data.page } }));
    }
  });
  for (const link of document.querySelectorAll("a[data-onward]")) {
    if (new URL(link.href).origin !== home) continue;
    const mode = link.dataset.onward;
    if (mode === "inline") {
      link.hidden = true;
      link.after(frame(link));
      continue;
    }
    if (mode === "float") css(link, { position: "fixed", right: "16px", bottom: "16px", padding: "14px 20px", "border-radius": "999px", background: "#0B5C4D", color: "#FFF", "font-weight": "600", "z-index": "99" });
    link.addEventListener("click", (event) => { if (!event.ctrlKey && !event.metaKey) { event.preventDefault(); popup(link); } });
  }
})();
