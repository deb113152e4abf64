import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const browserFile = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
);

/** Why a suite that needs a browser is skipped here, or false. */
export const needsChromium = browserFile === undefined && 'needs Chromium';

/** The browser that is installed here, which asks nobody for anything by itself. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: browserFile ?? '',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
