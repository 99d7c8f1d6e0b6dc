// Login and error pages: little to do, and they work without it.
document.getElementById('again')?.addEventListener('click', () => location.reload());
for (const form of document.forms) {
  form.addEventListener('submit', () => {
    // Checking a password takes a moment; a second press would only queue behind the first.
    for (const button of form.querySelectorAll('button')) setTimeout(() => (button.disabled = true));
  });
}
addEventListener('pageshow', () => {
  for (const button of document.querySelectorAll('form button')) button.disabled = false;
});
