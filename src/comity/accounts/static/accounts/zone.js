// Proposes the browser's own time zone where somebody is asked for one and has not chosen.

const field = document.querySelector("select[name=zone]");
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (field?.value === "UTC" && [...field.options].some((option) => option.value === own)) field.value = own;
