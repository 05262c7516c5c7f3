export const myCustomDirective = (input: string) => `made of ${input}`;
