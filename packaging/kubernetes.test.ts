import { writeFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { DockerfileParser } from 'dockerfile-ast';
import { describe, expect, it } from 'vitest';
import { limits } from '../packages/server/src/limits.ts';
import { temporary } from './commands.ts';
import { configFrom, type Document, documentsOf, read } from './deployed.ts';

/** deploy/kubernetes, as far as it goes without a cluster: what is named is there, and fits together and with the image. */

const folder = 'deploy/kubernetes';
const version = JSON.parse(read('packages/server/package.json')).version as string;

/** What `kubectl kustomize` would print, but for the image's version. */
function resourcesOf(path: string): Document[] {
  const [{ resources }] = documentsOf(join(path, 'kustomization.yaml')) as [Document];
  return (resources as string[]).flatMap((name) =>
    name.endsWith('.yaml') ? documentsOf(join(path, name)) : resourcesOf(normalize(join(path, name))),
  );
}

describe.each([
  ['with-journal', 'StatefulSet'],
  ['without-disk', 'Deployment'],
])('%s', (name, kind) => {
  const path = join(folder, name);
  const resources = resourcesOf(path);
  const named = (wanted: string, of: string): Document =>
    resources.find((one) => one.kind === wanted && one.metadata.name === of);
  const workload = named(kind, 'onym');
  const { metadata, spec } = workload.spec.template;
  const [container] = spec.containers;
  const ports = new Map<string, number>(container.ports.map((port: Document) => [port.name, port.containerPort]));

  it('is of this version, and each thing is there once', () => {
    const [{ images }] = documentsOf(join(path, 'kustomization.yaml')) as [Document];
    expect(images).toEqual([{ name: container.image.split(':')[0], newTag: version }]);
    const all = resources.map((one) => `${one.apiVersion} ${one.kind} ${one.metadata.name}`);
    expect(new Set(all).size).toBe(all.length);
  });

  it('is chosen by what chooses it', () => {
    for (const selector of [
      workload.spec.selector.matchLabels,
      named('Service', 'onym').spec.selector,
      named('Service', 'onym-nodes').spec.selector,
      named('PodDisruptionBudget', 'onym').spec.selector.matchLabels,
      spec.topologySpreadConstraints[0].labelSelector.matchLabels,
    ]) {
      expect(metadata.labels).toMatchObject(selector);
    }
    if (kind === 'StatefulSet') expect(named('Service', workload.spec.serviceName).spec.clusterIP).toBe('None');
  });

  it('has settings that Onym takes, with what the image and the ports say', () => {
    const given: Record<string, string> = {};
    for (const { configMapRef: settings, secretRef: secret } of container.envFrom) {
      Object.assign(given, settings ? named('ConfigMap', settings.name).data : named('Secret', secret.name).stringData);
    }
    for (const { name: variable, value } of container.env) given[variable] = value;
    for (const value of Object.values(given)) expect(value).toEqual(expect.any(String));
    const directory = temporary();
    const files = named(
      'Secret',
      spec.volumes.find((volume: Document) => volume.name === 'files').secret.secretName,
    ).stringData;
    for (const [file, text] of Object.entries<string>(files)) writeFileSync(join(directory, file), text);
    const mounted = container.volumeMounts.find((mount: Document) => mount.name === 'files').mountPath;
    for (const [, file] of JSON.stringify(given).matchAll(/\/etc\/onym\/([\w.-]+)/g))
      expect(files).toHaveProperty([file!]);
    given.ONYM_CLICKHOUSE_CA = given.ONYM_CLICKHOUSE_CA!.replace(mounted, directory);

    const image = Object.fromEntries(
      DockerfileParser.parse(read('Dockerfile'))
        .getInstructions()
        .filter((one) => one.getKeyword() === 'ENV')
        .flatMap((one) => one.getArgumentsContent()!.split(' '))
        .map((word) => word.split('='))
        .filter(([variable]) => variable!.startsWith('ONYM_')),
    );
    const config = configFrom({ ...image, ...given });
    expect([config.host, config.port]).toEqual(['0.0.0.0', ports.get('http')]);
    expect(config.metrics).toEqual({ host: '0.0.0.0', port: ports.get('metrics') });
    expect(config.postgres!.url).toContain('sslmode=verify-full');
    expect(config.clickhouse!.ca).not.toBeNull();
    expect(config.acknowledge).toBe(kind === 'Deployment' ? 'event-store' : 'journal');
    const isOnVolume = container.volumeMounts.some(
      ({ mountPath }: Document) => config.dataDir.startsWith(`${mountPath}/`) && mountPath !== config.dataDir,
    );
    expect(isOnVolume).toBe(true);
  });

  it('asks ports that there are, for routes that there are', () => {
    const ready = kind === 'Deployment' ? '/readyz' : '/readyz?calls=track';
    const probes = { startupProbe: '/healthz', livenessProbe: '/healthz', readinessProbe: ready };
    for (const [probe, route] of Object.entries(probes)) {
      expect(container[probe].httpGet).toEqual({ path: route, port: 'http' });
      expect(read('packages/server/src/http/routes/operations.ts')).toContain(`'${route.split('?')[0]}'`);
    }
    for (const service of ['onym', 'onym-nodes']) {
      for (const { targetPort } of named('Service', service).spec.ports)
        expect([...ports.keys()]).toContain(targetPort);
    }
  });

  it('may stop in the time that it needs', () => {
    const before = container.lifecycle.preStop.sleep.seconds;
    // What is under way is answered, and then as long again for the drain.
    expect(spec.terminationGracePeriodSeconds * 1_000).toBeGreaterThanOrEqual(
      before * 1_000 + 2 * limits.shutdownMaxMs,
    );
  });

  it('has no rights but to write to its volumes, each of which is there', () => {
    expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    expect(spec.automountServiceAccountToken).toBe(false);
    // They would set ONYM_PORT.
    expect(spec.enableServiceLinks).toBe(false);
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    const claims = (workload.spec.volumeClaimTemplates ?? []).map((claim: Document) => claim.metadata.name);
    const volumes = [...spec.volumes.map((volume: Document) => volume.name), ...claims];
    const mounts = container.volumeMounts.map((mount: Document) => mount.name);
    expect([...mounts].sort()).toEqual([...volumes].sort());
    expect(claims).toEqual(kind === 'StatefulSet' ? ['journal'] : []);
    expect(container.resources).toMatchObject({ requests: { cpu: '1' }, limits: { memory: expect.any(String) } });
  });
});
