// <time datetime data-behaviour="countdown">: minutes and seconds left; at the end the page asks again.
behaviours.countdown = (time) => {
  const end = Date.parse(time.dateTime);
  const tick = () => {
    const left = Math.round((end - Date.now()) / 1000);
    if (left <= 0) { if (time.dataset.reload !== undefined) location.reload(); return; }
    time.textContent = Math.floor(left / 60) + ":" + String(left % 60).padStart(2, "0");
    setTimeout(tick, 1000);
  };
  if (end) tick();
};
