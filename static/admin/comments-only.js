/* For people who may only comment: the server saves nothing but their comments, so the fields do not let them type. */
(() => {
  const inText = (event) =>
    event.target instanceof Element &&
    event.target.closest("[data-edit-form] [data-contentpath], [data-edit-form] [data-field]");
  const moves = /^(Arrow|Page|Home|End|Tab|Shift|Control|Alt|Meta|Escape|F\d)/;

  const refuse = (event) => {
    if (inText(event)) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  };
  for (const name of ["beforeinput", "paste", "cut", "drop", "dragstart"])
    document.addEventListener(name, refuse, true);
  document.addEventListener(
    "keydown",
    (event) => {
      const harmless =
        moves.test(event.key) ||
        ((event.ctrlKey || event.metaKey) && ["a", "c", "s", "p"].includes(event.key.toLowerCase()));
      const onButton = event.target instanceof Element && event.target.closest("button, a, summary");
      if (!harmless && !onButton) refuse(event);
    },
    true,
  );

  const still = () => {
    for (const field of document.querySelectorAll(
      "[data-edit-form] [data-field] :is(input, textarea):not([readonly], [type=hidden])",
    )) {
      if (["checkbox", "radio", "file"].includes(field.type)) field.inert = true;
      else field.readOnly = true;
    }
    for (const field of document.querySelectorAll(
      "[data-edit-form] [data-field] :is(select, [data-chooser-action-choose], .chooser__actions)",
    ))
      field.inert = true;
  };
  document.addEventListener("DOMContentLoaded", () => {
    document.body.classList.add("comments-only");
    still();
    new MutationObserver(still).observe(document.querySelector("[data-edit-form]"), { childList: true, subtree: true });
  });
})();
