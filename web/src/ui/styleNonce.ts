// Styles that the kit makes while it runs carry the nonce of this delivery of the page; others are refused.
const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';

export function styleNonce(): string {
  return nonce;
}

export function signStyles(): void {
  if (nonce === '') return;
  const page: { createElement: (name: string, options?: ElementCreationOptions) => HTMLElement } = document;
  const make = page.createElement.bind(document);
  page.createElement = (name, options) => {
    const element = make(name, options);
    if (name.toLowerCase() === 'style') element.setAttribute('nonce', nonce);
    return element;
  };
}
