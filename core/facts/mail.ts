/**
 * How an application can send mail from AWS.
 *
 * Sources, read 2026-11-30: botocore 1.44.5, `endpoints.json` (regions with an endpoint of SES, service `email`) and the model
 * of SES v2 (an identity is a domain or an address; 50 recipients a message; DKIM by three CNAME records); service
 * authorization reference of SES (the condition key ses:FromAddress); aws-cdk-lib 2.276.0, InterfaceVpcEndpointAwsService
 * (EMAIL, the API, and EMAIL_SMTP); AWS re:Post, "Remove the restriction on port 25" (outbound port 25 is blocked unless
 * asked for); RFC 8314 (submission: 587 with STARTTLS, 465 with TLS from the start).
 */

/** Who takes the mail: nobody, Amazon SES through its API, or a server of anybody's over SMTP. */
export const mailServices = ['none', 'ses', 'smtp'] as const;
export type MailService = (typeof mailServices)[number];

/** The interface endpoint of the API of SES. */
export const sesEndpoint = 'email';

/** Regions that ECS runs in, without an endpoint of SES. */
export const regionsWithoutSes: readonly string[] = ['ap-east-1'];

/** STARTTLS. */
export const submissionPort = 587;
/** AWS blocks it on the way out of a VPC unless the account asks for it. */
export const blockedPort = 25;
