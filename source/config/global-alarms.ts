import type { GlobalAlarm } from '../model/config.ts';
import type { Problem } from '../model/diagnostic.ts';
import { checkEvaluation, pascalName } from '../resources/alarms/resolve-alarms.ts';
import { globalAlarmSchema } from '../resources/alarms/schema.ts';
import { closedObject, namedList } from '../resources/schema.ts';
import { checkSchema } from './check-schema.ts';
import { ProblemList } from './problem-list.ts';
import type { SchemaNode } from './schema-node.ts';
import { YamlSource } from './yaml-source.ts';

const schema = closedObject({
  alarms: namedList(globalAlarmSchema, { title: 'Global alarms' }),
}) as unknown as SchemaNode;

/** Reads and checks the text of `stacktape.alarms.yml`; it holds no directives. */
export function readGlobalAlarms(file: { file: string; text: string }): {
  alarms: GlobalAlarm[];
  problems: Problem[];
} {
  const source = new YamlSource(file.text, file.file);
  const problems = new ProblemList(source);
  for (const finding of source.findings) problems.addText(finding);
  const value = source.value ?? { alarms: [] };
  if (source.findings.length === 0) {
    checkSchema(value, schema, [], {
      report: (finding) => problems.add(finding),
      reference() {},
      connection() {},
      unresolved() {},
      number() {},
    });
  }
  const alarms = problems.hasErrors ? [] : (value as { alarms: GlobalAlarm[] }).alarms;
  const byName = new Map<string, number>();
  for (const [index, alarm] of alarms.entries()) {
    const first = byName.get(pascalName(alarm.name));
    if (first === undefined) byName.set(pascalName(alarm.name), index);
    else {
      problems.add({
        severity: 'error',
        code: 'duplicate-name',
        path: ['alarms', index, 'name'],
        message: `"${alarm.name}" and "${alarms[first]?.name}" are both called ${pascalName(alarm.name)}.`,
        suggestion: 'Rename one of them.',
      });
    }
    for (const finding of checkEvaluation(alarm)) {
      problems.add({ severity: 'error', ...finding, path: ['alarms', index, ...finding.path] });
    }
  }
  return { alarms: problems.hasErrors ? [] : alarms, problems: problems.sorted() };
}
