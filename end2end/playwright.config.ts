import { defineConfig } from '@playwright/test'
import { findChromium } from './fixtures/chromium'
import { certificateArgs, readDeployment } from './fixtures/deployment'

const screens = process.env.SCREENS_DIR

export default defineConfig({
  testDir: 'tests',
  fullyParallel: true,
  // Each worker has its own server, so tests in different workers can't interfere.
  workers: Number(process.env.WORKERS ?? 2),
  // A flaky test has found a defect, so no test is retried.
  retries: 0,
  forbidOnly: !!process.env.CI,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: 'list',
  use: {
    trace: 'retain-on-failure',
    contextOptions: { reducedMotion: 'reduce' },
    launchOptions: {
      executablePath: findChromium(),
      args: [
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
        '--disable-quic',
        ...certificateArgs(),
      ],
    },
  },
  projects: [
    { name: 'chromium', testIgnore: ['no-js.spec.ts', 'screens.spec.ts', 'deployed.spec.ts'] },
    { name: 'no-js', testMatch: ['no-js.spec.ts', 'account.spec.ts'], use: { javaScriptEnabled: false } },
    // Serial, because one test stops an instance: `make test-deploy`.
    ...(readDeployment() ? [{ name: 'deployed', testMatch: 'deployed.spec.ts', fullyParallel: false }] : []),
    // Screenshots for visual review rather than tests: `make screens`.
    ...(screens ? [{ name: 'screens', testMatch: 'screens.spec.ts' }] : []),
  ],
})
