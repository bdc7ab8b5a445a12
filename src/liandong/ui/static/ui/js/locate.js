// <button hidden data-behaviour="locate" data-href data-failed>: asks the phone where it is and opens the address with ?at=latitude,longitude to ten metres. Nothing is kept.
behaviours.locate = (button) => {
  if (!navigator.geolocation || !window.isSecureContext) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    button.setAttribute("aria-busy", "true");
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      const address = new URL(button.dataset.href, location.href);
      address.searchParams.set("at", coords.latitude.toFixed(4) + "," + coords.longitude.toFixed(4));
      location.href = address.href;
    }, () => {
      button.removeAttribute("aria-busy");
      button.querySelector("span").textContent = button.dataset.failed;
      announce(button.dataset.failed);
    }, { timeout: 10000, maximumAge: 60000 });
  });
};
