// What people do, as they do it: read, type, press. Whoever books, and whoever enters the demonstration and moves its clock.
import { check } from "./house.mjs";

const fillMs = 1400; // no person is faster

export const pause = (page) => page.waitForTimeout(fillMs);
let people = 0;
export const somebody = () => `visitor${(people += 1)}@example.org`;

// From the times to the appointment, by what the pages say in this language.
export const says = {
  en: { soonest: "Soonest", name: "Your name", mail: "E-mail", how: "In person", send: "Book this appointment", done: "Your appointment is booked", kept: /Kept for you until/ },
  fr: { soonest: "Au plus tôt", name: "Votre nom", mail: "E-mail", how: "En personne", send: "Prendre ce rendez-vous", done: "Votre rendez-vous est pris", kept: /Réservé pour vous jusqu’à/ },
};
export async function book(page, url, lang, look = async () => {}) {
  const t = says[lang];
  await page.goto(`${url}/b/first-talk`);
  await look("times");
  await page.getByRole("region", { name: t.soonest }).getByRole("button").first().click();
  check(`${lang}: the time is kept`, await page.getByText(t.kept).isVisible());
  await look("details");
  await page.getByLabel(t.name).fill("Noor Haddad");
  await page.getByLabel(t.mail, { exact: true }).fill(somebody());
  await page.getByLabel(t.how).check();
  await pause(page);
  await page.getByRole("button", { name: t.send }).click();
  check(`${lang}: booked`, (await page.locator("h1").innerText()) === t.done, await page.locator("main").innerText());
  await look("done");
  return page.locator("main a[href^='/a/']:not([href$='.ics']):not([href$='.vcf'])").first().getAttribute("href");
}

export async function enter(context, url) {
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  await page.goto(`${url}/`);
  await page.getByRole("button", { name: /Enter the demo|Entrer dans la démo/ }).click();
  await page.waitForURL("**/today");
  return page;
}

export async function advance(page, url, label) {
  await page.goto(`${url}/demo`);
  await page.getByRole("button", { name: label }).click();
  await page.waitForURL("**/demo?done=*");
}
