import { useQuery } from '@tanstack/react-query';
import { useMay } from '../../api/caller.ts';
import type { Settings as Configured } from '../../api/operations.ts';
import { query } from '../../api/queries.ts';
import { Facts } from '../../parts/page/facts.tsx';
import { Loaded } from '../../parts/page/loaded.tsx';
import { Page } from '../../parts/page/page.tsx';
import { Section } from '../../parts/page/section.tsx';
import { countWords } from '../../parts/words/size-words.ts';
import { durationWords } from '../../parts/words/time-words.ts';
import { ExportConfiguration } from './export-configuration.tsx';
import { TryMail } from './try-mail.tsx';
import { VaultKeys } from './vault-keys.tsx';

const seconds = (value: number | undefined): string | undefined =>
  value === undefined ? undefined : durationWords(value);
const layers = { all: 'three layers', none: 'the repository’s own alone' };

const tlsWords = ({ certificate, redirectFrom }: NonNullable<Configured['tls']>): string =>
  `${certificate === 'acme' ? 'certificates got by ACME' : 'certificates from files'}${redirectFrom === undefined ? '' : `, sent on from ${redirectFrom.host}:${redirectFrom.port}`}`;

function signInWords(oidc: Configured['signIn']['oidc']): string {
  if (oidc === undefined) return 'by password or passkey';
  const { name, issuer, allowedDomains, required } = oidc;
  const whose = allowedDomains === undefined ? '' : `, for ${allowedDomains.join(', ')}`;
  return `by ${name} (${issuer})${whose}; by password or passkey ${required ? 'owners alone' : 'as well'}`;
}

/** What is configured on the node that answers; it is changed in octobox.yaml, and taken at the next start. */
export function Settings() {
  const settings = useQuery(query('getSettings', {}));
  const may = useMay();
  return (
    <Page
      title="Settings"
      lead="What octobox.yaml and the environment say on the node that answers. A change is taken at the next start."
    >
      <Loaded query={settings}>
        {({ listen, console, database, repository, offsite, retention, mail, ...rest }) => (
          <>
            <Section title="Addresses">
              <Facts
                facts={[
                  ['Public page', `${listen.host}:${listen.port}`],
                  ['Public page, for people', rest.publicUrl],
                  ['Console', `${console.listen.host}:${console.listen.port}`],
                  ['Console, for people', console.url],
                  ['Reached from', console.allowFrom?.join(', ') ?? 'everywhere'],
                  ['Web servers trusted in front', console.trustedProxies.join(', ') || 'none'],
                  ['TLS', rest.tls === undefined ? 'none of its own' : tlsWords(rest.tls)],
                  ['Databases, also reached', rest.network.allow.join(', ') || 'none'],
                  ['Databases, never reached', rest.network.deny.join(', ') || 'none'],
                ]}
              />
            </Section>
            <Section title="Backups">
              <Facts
                facts={[
                  ['Repository', repository.location],
                  ['Place', repository.place ?? 'not told'],
                  ['Encryption of a new one', layers[repository.layers]],
                  [
                    'Snapshots that are kept',
                    `the last ${retention.keepLast}, ${retention.keepHourly} hourly, ${retention.keepDaily} daily, ${retention.keepWeekly} weekly, ${retention.keepMonthly} monthly, ${retention.keepYearly} yearly`,
                  ],
                  ['A run is late after', seconds(rest.schedules.graceSeconds)],
                ]}
              />
            </Section>
            {offsite.map((place) => (
              <Section key={place.name} title={`Off site: ${place.name}`}>
                <Facts
                  facts={[
                    ['Repository', place.location],
                    ['Place', place.place ?? 'not told'],
                    ['Encryption of a new one', layers[place.layers]],
                    ['What was forgotten here stays', seconds(place.keepDeletedSeconds) ?? 'for good'],
                    ['Objects are locked', seconds(place.retainSeconds) ?? 'no'],
                    ['So old it may be', seconds(place.maxAgeSeconds) ?? 'twice the RPO of each source'],
                    ['Limits', [place.limitUpload, place.limitDownload].filter(Boolean).join(', ') || 'none'],
                    ['Read again after it was sent', place.verify ? 'yes' : 'no'],
                  ]}
                />
              </Section>
            ))}
            <Section title="Who gets in, and what is kept of it">
              <Facts
                facts={[
                  ['Signing in', signInWords(rest.signIn.oidc)],
                  ['The audit log is kept', seconds(rest.audit?.keepSeconds) ?? 'without end'],
                  ['Held beyond that', rest.audit?.hold.join(', ') || undefined],
                  ['The key of the vault is', rest.vault.key === 'file' ? 'in a file' : 'had by a program'],
                ]}
              />
            </Section>
            <Section title="The platform">
              <Facts
                facts={[
                  ['This node', rest.role],
                  ['Database', [database.kind, database.host, database.database].filter(Boolean).join(', ')],
                  [
                    'Mail',
                    mail === undefined
                      ? 'none is sent: links of invitations are shown, and passed on by hand'
                      : `${mail.from} by ${mail.server}:${mail.port}, TLS ${mail.tls}`,
                  ],
                  ['Sources are looked at every', seconds(rest.monitoring.intervalSeconds)],
                  ['A silent worker loses its job after', seconds(rest.jobs.leaseSeconds)],
                  [
                    'Requests of one caller',
                    `${countWords(rest.api.requestsPerSecond)} a second, ${countWords(rest.api.burst)} at once`,
                  ],
                  ['Log', rest.log.level],
                ]}
              />
            </Section>
            <VaultKeys />
            {may('settings.change') && mail !== undefined ? <TryMail /> : null}
            {may('configuration.read') ? <ExportConfiguration /> : null}
          </>
        )}
      </Loaded>
    </Page>
  );
}
