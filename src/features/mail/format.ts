/** How dates and numbers are written for one reader. */
export type Format = {
  day(date: Date): string;
  moment(date: Date): string;
  number(value: number): string;
  percent(value: number): string;
  hours(value: number): string;
  days(value: number): string;
};

/** In the mail's language, with the reader's region and time zone. */
export function formatOf(language: string, reader: { locale: string; timeZone: string }): Format {
  const locale = supported(reader.locale).startsWith(language) ? supported(reader.locale) : language;
  const dates = { calendar: 'gregory', timeZone: reader.timeZone } as const;
  const format = (options: Intl.DateTimeFormatOptions, date: Date) =>
    new Intl.DateTimeFormat(locale, { ...dates, ...options }).format(date);
  const numbers = (options: Intl.NumberFormatOptions, value: number) =>
    new Intl.NumberFormat(locale, options).format(value);
  return {
    day: (date) => format({ dateStyle: 'long' }, date),
    moment: (date) =>
      format(
        {
          year: 'numeric',
          month: 'long',
          day: 'numeric',
          hour: 'numeric',
          minute: '2-digit',
          timeZoneName: 'short',
        },
        date,
      ),
    number: (value) => numbers({ maximumFractionDigits: 2 }, value),
    hours: (value) => numbers({ style: 'unit', unit: 'hour', unitDisplay: 'long' }, value),
    days: (value) => numbers({ style: 'unit', unit: 'day', unitDisplay: 'long' }, value),
    percent: (value) => numbers({ style: 'percent', maximumFractionDigits: 0 }, value / 100),
  };
}

/** Empty for a malformed tag, which `Intl` answers with a RangeError, and for a language that it does not know. */
function supported(locale: string): string {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(locale)[0] ?? '';
  } catch {
    return '';
  }
}
