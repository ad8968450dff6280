/* Shows the groups of a post's form that belong to the chosen kind (data-post-kinds). A spotlight's kind is fixed. */
document.addEventListener("DOMContentLoaded", () => {
  const choice = document.getElementById("id_kind");
  const groups = [...document.querySelectorAll("[data-post-kinds]")].map((mark) => [
    mark.closest(".w-panel") || mark,
    mark.dataset.postKinds.split(" "),
  ]);
  if (!groups.length) return;
  const filled = (group) =>
    [...group.querySelectorAll("input:not([type=hidden]):not([type=checkbox]), textarea")].some((field) =>
      field.value.trim(),
    );
  const show = () => {
    // A group with text in it stays in sight, or the text would be published unseen.
    for (const [group, kinds] of groups)
      group.hidden = !kinds.includes(choice ? choice.value : "spotlight") && !filled(group);
  };
  choice?.addEventListener("change", show);
  show();
});
