import { defineConfig } from '@playwright/test'
import { findChromium } from './fixtures/chromium'
import { deployed, trustTestCertificate } from './fixtures/deployed'

const screens = process.env.SCREENS_DIR

export default defineConfig({
  testDir: 'tests',
  fullyParallel: true,
  // Every worker has a server of its own, so tests in different workers can't meet.
  workers: Number(process.env.WORKERS ?? 2),
  // A test that passes the second time has found something too.
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
        ...trustTestCertificate(),
      ],
    },
  },
  projects: [
    { name: 'chromium', testIgnore: ['no-js.spec.ts', 'screens.spec.ts', 'deployed.spec.ts'] },
    { name: 'no-js', testMatch: 'no-js.spec.ts', use: { javaScriptEnabled: false } },
    // One after the other, since the last ones take an instance away: `make test-deploy`.
    ...(deployed() ? [{ name: 'deployed', testMatch: 'deployed.spec.ts', fullyParallel: false }] : []),
    // Pictures for people to look at, not a test: `make screens`.
    ...(screens ? [{ name: 'screens', testMatch: 'screens.spec.ts' }] : []),
  ],
})
