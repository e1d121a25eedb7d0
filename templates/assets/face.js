// The pages are complete without this. It counts the seconds of a message that can still be undone.
for (const line of document.querySelectorAll("[data-leaving]")) {
  const end = Date.now() + 1000 * Number(line.dataset.leaving);
  const text = line.textContent;
  const timer = setInterval(() => {
    const left = Math.ceil((end - Date.now()) / 1000);
    line.textContent = left > 0 ? text.replace(/\d+/, String(left)) : line.dataset.gone;
    if (left <= 0) clearInterval(timer);
  }, 1000);
}
