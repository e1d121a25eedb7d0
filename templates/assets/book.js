// The booking pages are complete without this. It shows the visitor's own zone, sends a choice of zone at once, and
// tells a page that shows this one inside itself how high it is and that something was booked.
const zone = document.querySelector("form.zone");
if (zone) {
  const select = zone.querySelector("select");
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  select.addEventListener("change", () => zone.requestSubmit());
  if (!zone.dataset.asked && own && own !== select.value && location.search.indexOf("zone=") < 0) {
    const there = new URL(location.href);
    there.searchParams.set("zone", own);
    location.replace(there);
  }
}
const fault = document.querySelector(".faults a");
if (fault) fault.focus();
const { host } = document.body.dataset;
if (host && parent !== window) {
  const tell = (message) => parent.postMessage({ source: "onward", ...message }, host);
  new ResizeObserver(() => tell({ type: "height", height: Math.ceil(document.documentElement.getBoundingClientRect().height) })).observe(document.documentElement);
  addEventListener("keydown", (event) => event.key === "Escape" && tell({ type: "close" }));
  const booked = document.querySelector("[data-booked]");
  if (booked) tell({ type: "booked", start: booked.dataset.booked, page: location.pathname.split("/")[2] });
}
