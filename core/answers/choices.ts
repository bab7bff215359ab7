import { memoryOptionsMiB, vcpus } from '../facts/fargate.ts';
import { interfaceEndpoints, networkZones } from '../facts/network.ts';
import { hoursPerMonth, rdsInstanceHourUsd, regionPricesUsd } from '../facts/prices.ts';
import { commonRdsClasses, findRdsClass, maxConnectionsLowerBound } from '../facts/rds.ts';
import type { Choice } from './types.ts';

/** Task sizes with the memory that Fargate pairs with them. */
export function vcpuChoices(): readonly Choice[] {
  return vcpus.map((vcpu) => {
    const pairs = memoryOptionsMiB(vcpu).map((memoryMiB) => memoryMiB / 1024);
    return { value: vcpu, name: `${String(vcpu).padEnd(5)} ${Math.min(...pairs)} to ${Math.max(...pairs)} GiB` };
  });
}

/** The common classes with what they decide: connections and price. */
export function rdsChoices(region: string): readonly Choice[] {
  return commonRdsClasses.flatMap((name) => {
    const found = findRdsClass(name);
    if (found === undefined) {
      return [];
    }
    const hour = rdsInstanceHourUsd(region, name);
    const price = hour === undefined ? '' : `   ~$${Math.round(hour * hoursPerMonth)}/month`;
    const memory = `${found.memoryGiB} GiB`.padStart(6);
    const connections = `~${maxConnectionsLowerBound(found.memoryGiB)}`.padStart(5);
    return [{ value: name, name: `${name.padEnd(14)} ${memory}  ${connections} connections${price}` }];
  });
}

/** Each kind of egress with what it reaches and its price, if known: NAT gateways and endpoints surprise people on the bill. */
export function egressChoices(region: string): readonly Choice[] {
  const prices = regionPricesUsd(region);
  const show = (usdPerHour: number | undefined): string =>
    usdPerHour === undefined ? '' : `   ~$${Math.round(usdPerHour * hoursPerMonth)}/month and traffic`;
  const interfaces = networkZones * interfaceEndpoints.length;
  const endpointHour = prices?.interfaceEndpointHour;
  const endpoints = show(endpointHour === undefined ? undefined : interfaces * endpointHour);
  return [
    { value: 'nat', name: `nat        the internet, through one NAT gateway${show(prices?.natGatewayHour)}` },
    { value: 'endpoints', name: `endpoints  only AWS, through endpoints in two zones${endpoints}` },
  ];
}
