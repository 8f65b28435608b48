// Pages as they look on a desk and on a phone.
import { mkdirSync } from 'node:fs';
import { audit } from './browser.mjs';

/** What a page looks like on a desk and on a phone, light and dark; nothing for axe in any of them. */
export async function looks(browser, page, path, name) {
  const folder = process.env.HAWSER_SHOTS;
  const storage = await page.context().storageState();
  for (const [look, options] of Object.entries({
    desk: {}, phone: { width: 390, height: 844 }, 'phone-dark-zh': { width: 390, height: 844, dark: true, language: 'zh-CN' },
  })) {
    const { page: other, context } = await browser.open({ ...options, storage });
    if (options.language !== undefined) {
      await other.goto('/');
      await other.locator('h1').first().waitFor();
      await other.evaluate((language) => localStorage.setItem('hawser-language', language), options.language);
    }
    await other.goto(path);
    await other.locator('h1').first().waitFor();
    await other.locator('[aria-busy=true]').waitFor({ state: 'hidden' });
    await other.locator('main h2, main table, main li').first().waitFor();
    await audit(other, `${name} (${look})`);
    if (folder) {
      mkdirSync(folder, { recursive: true });
      await other.screenshot({ path: `${folder}/${name}-${look}.png`, fullPage: true });
    }
    await context.close();
  }
}
