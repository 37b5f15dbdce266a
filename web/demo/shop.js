// The shop's side of the chat: a question that is clicked is asked in the widget.
for (const button of document.querySelectorAll('[data-ask]')) {
  button.addEventListener('click', async () => {
    await customElements.whenDefined('fenzhen-widget');
    document.querySelector('fenzhen-widget').ask(button.dataset.ask);
  });
}
