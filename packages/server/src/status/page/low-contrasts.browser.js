/**
 * Evaluated in a browser by the page tests: texts whose contrast with what lies behind them is below what
 * WCAG 2.2 AA asks for (1.4.3: 4.5, or 3 for large text). Formulas: WCAG, "relative luminance".
 */
(() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const parse = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminance = (color) => {
    const [r, g, b] = color.map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const backgroundOf = (element) => {
    for (let behind = element; behind !== null; behind = behind.parentElement) {
      const background = parse(getComputedStyle(behind).backgroundColor);
      if (background[3] > 0) return background;
    }
    return [255, 255, 255, 255];
  };
  const weak = [];
  for (const element of document.body.querySelectorAll('*')) {
    const texts = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
    const text = texts.map((node) => node.textContent.trim()).join('');
    if (text === '' || element.closest('svg') !== null) continue;
    const style = getComputedStyle(element);
    const both = [luminance(parse(style.color)), luminance(backgroundOf(element))].sort((a, b) => b - a);
    const contrast = (both[0] + 0.05) / (both[1] + 0.05);
    const size = Number.parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (contrast < (large ? 3 : 4.5)) weak.push(`${contrast.toFixed(2)} "${text.slice(0, 40)}"`);
  }
  return weak;
})();
