const least = 2;
const most = 5;

/** The most digits each ticker's price has had, so that a price that ends in 0 keeps its width. */
const digitsSeen = new Map<string, number>();

export function priceText(ticker: string, price: number): string {
  const digits = Math.max(digitsSeen.get(ticker) ?? least, digitsOf(price));
  digitsSeen.set(ticker, digits);
  return price.toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/** Currencies are not traded at one place, so nobody counts their volume. */
export function volumeText(volume: number): string {
  return volume === 0 ? '–' : volume.toLocaleString('en-US');
}

function digitsOf(price: number): number {
  return /\.(\d*?)0*$/.exec(price.toFixed(most))?.[1]?.length ?? 0;
}
