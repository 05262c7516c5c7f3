import { XmlShapeSerializer } from '@aws-sdk/core/protocols';
import { ServiceError } from '../backend.ts';
import { parsePairs } from './http-message.ts';
import { errorOnWire, malformed, type Protocol } from './protocol.ts';
import { readForm } from './query-form.ts';
import { escapeXml } from './xml.ts';

/**
 * awsQuery: the request is a form, the answer is XML.
 * @see https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
export const awsQuery: Protocol = {
  async decode(incoming, model) {
    const body = await incoming.collect();
    let pairs: (readonly [string, string])[];
    try {
      pairs = [...incoming.request.query, ...parsePairs(body.toString('utf8'))];
    } catch (error) {
      throw malformed('MalformedQueryString', error);
    }
    const action = pairs.find(([key]) => key === 'Action')?.[1];
    if (action === undefined || action === '') {
      throw new ServiceError('MissingAction', 'The request is missing an action or a required parameter.');
    }
    const operation = model.operations.get(action);
    if (operation === undefined) {
      throw new ServiceError('InvalidAction', `The action ${action} is not valid for this web service.`);
    }
    const fields = pairs.filter(
      ([key]) => key !== 'Action' && key !== 'Version' && !key.startsWith('X-Amz-'),
    );
    return { operation, input: readForm(operation.input, fields) };
  },

  encode(output, operation, model, requestId) {
    let result = '';
    if (operation.output.isStructSchema()) {
      const serializer = new XmlShapeSerializer({
        timestampFormat: { useTrait: true, default: 5 },
        httpBindings: false,
        xmlNamespace: '',
        serviceNamespace: '',
      });
      serializer.write(operation.output, output);
      result = `<${operation.name}Result>${inside(String(serializer.flush()))}</${operation.name}Result>`;
    }
    const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
    return {
      status: 200,
      headers: { 'content-type': 'text/xml' },
      body: `<${operation.name}Response xmlns="${model.xmlNamespace}">${result}${metadata}</${operation.name}Response>`,
    };
  },

  encodeError(error, model, requestId) {
    const { code, status, fault } = errorOnWire(error, model);
    const members = Object.entries(error.members)
      .filter(([, value]) => typeof value === 'string')
      .map(([name, value]) => `<${name}>${escapeXml(String(value))}</${name}>`)
      .join('');
    const type = fault === 'client' ? 'Sender' : 'Receiver';
    const namespace = model?.xmlNamespace ? ` xmlns="${model.xmlNamespace}"` : '';
    return {
      status,
      headers: { 'content-type': 'text/xml' },
      body: `<ErrorResponse${namespace}><Error><Type>${type}</Type><Code>${escapeXml(code)}</Code><Message>${escapeXml(error.message)}</Message>${members}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
    };
  },
};

/** What stands between the first tag and the last one. */
function inside(xml: string): string {
  const end = xml.lastIndexOf('</');
  return end === -1 ? '' : xml.slice(xml.indexOf('>') + 1, end);
}
