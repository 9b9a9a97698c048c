/** The workflow as it is written: every pull request runs the matrix, and the page is kept. */
import type { Folder } from './folder.ts';

/** What brings the service's own packages, by the file that names them. */
const installs: readonly (readonly [file: string, command: string])[] = [
  ['pnpm-lock.yaml', 'corepack enable && pnpm install --frozen-lockfile'],
  ['yarn.lock', 'corepack enable && yarn install --immutable'],
  ['package-lock.json', 'npm ci'],
  ['package.json', 'npm install'],
  ['requirements.txt', 'pip install -r requirements.txt'],
  ['pyproject.toml', 'pip install .'],
];

const installsOf = ({ has }: Folder): string[] => {
  const node = installs.slice(0, 4).find(([file]) => has(file));
  const python = installs.slice(4).find(([file]) => has(file));
  return [node, python].flatMap((one) => (one === undefined ? [] : [one[1]]));
};

const hasPackage = ({ manifest }: Folder): boolean => manifest?.packages.includes('pgsurge') === true;

/** A folder that does not name pgsurge in its package.json gets it beside its own packages. */
const commandsOf = (folder: Folder): string[] => [
  ...installsOf(folder),
  ...(hasPackage(folder) ? [] : ['npm install --no-save pgsurge']),
  'npx pgsurge doctor --fix',
  'npx pgsurge run',
];

export const githubText = (folder: Folder): string => `name: pgsurge
on:
  pull_request:
permissions:
  contents: read
jobs:
  load:
    runs-on: ubuntu-24.04
    timeout-minutes: 30
    env:
      PGSURGE_CACHE_DIR: \${{ github.workspace }}/.pgsurge
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: 24
      # k6 and the proxies are built once, and kept from then on.
      - uses: actions/setup-go@v5
        with:
          go-version: stable
          cache: false
      - uses: actions/cache@v4
        with:
          path: .pgsurge
          key: pgsurge-\${{ runner.os }}-\${{ runner.arch }}
${commandsOf(folder)
  .map((command) => `      - run: ${command}`)
  .join('\n')}
      - if: always()
        run: cat reports/latest/summary.md >> "$GITHUB_STEP_SUMMARY"
      - if: always()
        uses: actions/upload-artifact@v4
        with:
          name: pgsurge
          path: reports
`;

export const gitlabText = (
  folder: Folder,
): string => `# Include it in .gitlab-ci.yml:  include: { local: pgsurge.gitlab-ci.yml }
pgsurge:
  image: node:24-bookworm
  timeout: 30 minutes
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
  variables:
    PGSURGE_CACHE_DIR: $CI_PROJECT_DIR/.pgsurge
  cache:
    key: pgsurge
    paths: [.pgsurge]
  script:
${commandsOf(folder)
  .map((command) => `    - ${command}`)
  .join('\n')}
  artifacts:
    when: always
    paths: [reports]
    reports:
      junit: reports/latest/junit.xml
`;
