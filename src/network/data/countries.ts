/** Instructions that come with hesscope: questions about countries, from npm `countries-list`. */
import { continents, countries, type ICountry, languages } from 'countries-list';
import { type Instruction, instructionText } from './instructions.ts';
import type { TextSource } from './text-source.ts';

/** Asks one thing of a country; no answer where the list has none. */
type Question = (country: ICountry) => Instruction;

const QUESTIONS: readonly Question[] = [
  ({ name, capital }) => ({
    instruction: `What is the capital of ${name}?`,
    output: capital && `The capital of ${name} is ${capital}.`,
  }),
  ({ name, continent }) => ({
    instruction: `On which continent is ${name}?`,
    output: `${name} is in ${continents[continent]}.`,
  }),
  ({ name, languages: spoken }) => ({
    instruction: `Which languages are spoken in ${name}?`,
    output: spoken.map((code) => languages[code as keyof typeof languages].name).join(', '),
  }),
  ({ name, currency }) => ({
    instruction: `What does one pay with in ${name}?`,
    output: currency.join(' or '),
  }),
  ({ name, phone }) => ({
    instruction: `How do calls to ${name} begin?`,
    output: phone.map((code) => `+${code}`).join(' or '),
  }),
];

/**
 * Some 1,200 questions about 252 countries: capital, continent, languages, currency and telephone code. All countries
 * pass in each of five rounds, the kinds of questions in turn, so that the last tenth asks new things of countries that
 * were asked about before.
 */
export function countryInstructions(): TextSource {
  const all = Object.values(countries);
  return instructionText(
    { name: 'countries', description: `questions about ${all.length} countries with their answers` },
    async function* () {
      for (const round of QUESTIONS.keys())
        for (const [index, country] of all.entries()) {
          const question = QUESTIONS[(index + round) % QUESTIONS.length] as Question;
          yield question(country);
        }
    },
  );
}
