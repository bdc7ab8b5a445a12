// <form hidden data-behaviour="giveplace">: asks the phone where it is and sends that in the field `at`. Appears only where it can be asked.
behaviours.giveplace = (form) => {
  if (!navigator.geolocation || !window.isSecureContext) return;
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    if (form.elements.at.value) return;
    event.preventDefault();
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      form.elements.at.value = coords.latitude.toFixed(5) + "," + coords.longitude.toFixed(5);
      form.submit();
    }, () => {
      form.querySelector("button").textContent = form.dataset.failed;
      announce(form.dataset.failed);
    }, { timeout: 10000, maximumAge: 60000 });
  });
};
