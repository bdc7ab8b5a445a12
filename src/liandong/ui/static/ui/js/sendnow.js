// A form that needs no second tap: the page was opened by scanning. The button stays for those without script.
behaviours.sendnow = (form) => form.requestSubmit();
