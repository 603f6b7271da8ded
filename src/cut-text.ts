// The beginning of a long text, for a report. The mark at its end says that there is more: to people, and to the redaction,
// which knows what is left of a key by it.

export const cutText = (text: string, characters: number) =>
  text.length > characters ? `${text.slice(0, characters)}…` : text
