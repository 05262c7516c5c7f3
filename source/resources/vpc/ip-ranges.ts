import * as Type from 'typebox';
import { isKnownLater, join, type Value } from '../../model/intrinsic.ts';

const octet = '(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])';

/** An address or a range that security groups let in. The VPC has no addresses of version 6. */
export const ipRangeSchema = Type.String({
  pattern: `^${octet}(?:\\.${octet}){3}(?:/(?:3[0-2]|[12]?[0-9]))?$`,
  'stp:format': 'an address such as 203.0.113.7, or a range such as 203.0.113.0/24',
  examples: ['203.0.113.7'],
});

/** A rule of a security group: connections from a range of addresses to one port. */
export const tcpFrom = (CidrIp: Value, port: number) => ({
  IpProtocol: 'tcp',
  FromPort: port,
  ToPort: port,
  CidrIp,
});

/** `CidrIp` of a rule: one address is a range of one. */
export function cidrOf(address: Value): Value {
  if (typeof address !== 'string') return join('', [address, '/32']);
  return address.includes('/') || isKnownLater(address) ? address : `${address}/32`;
}
