// What every page needs: nothing that a page cannot do without.

// a form that says so is sent as soon as one of its fields changes
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-send-on-change]");
  if (form) form.requestSubmit();
});
