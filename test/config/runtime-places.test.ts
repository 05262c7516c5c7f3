import { describe, expect, test } from 'vitest';
import { synthesizeStack } from '../../source/synth/synthesize-stack.ts';
import { checkTemplate } from '../synth/check-template.ts';
import { read } from './read.ts';
import { schemaPlaces } from './schema-places.ts';

/** What is written as it stands there is the user's. */
const own = /^(?:cloudformationResources|resources\.x\{[^}]+\}\.overrides)/;
const places = schemaPlaces().filter(({ name }) => !own.test(name));

/** At each place of every descriptor: it is in the template as CloudFormation takes it, or it is refused. */
describe('what waits for CloudFormation is not taken apart', () => {
  test.each(['$AwsAccountId()', "$CfFormat('a{}', $AwsAccountId())", "$Secret('s')"])('%s', (directive) => {
    const wrong: string[] = [];
    for (const { name, configWith } of places) {
      const { config, problems } = read(JSON.stringify(configWith(directive)));
      const stack = config && synthesizeStack(config);
      const messages = [...problems, ...(stack?.findings ?? [])].map(({ message }) => message);
      const refused = stack === undefined || stack.findings.some(({ severity }) => severity === 'error');
      const texts = [...messages, refused ? '' : JSON.stringify(stack.template)];
      if (texts.some((text) => /NaN|\[object|undefined/.test(text))) wrong.push(`${name} is taken apart`);
      if (refused) continue;
      // CloudFormation makes numbers of the texts that secrets are.
      const found = checkTemplate(stack.template).filter((one) => !one.includes('{{resolve:'));
      wrong.push(...found.map((one) => `${name}: ${one}`));
    }
    expect(places.length).toBeGreaterThan(500);
    expect(wrong).toEqual([]);
  });
});
