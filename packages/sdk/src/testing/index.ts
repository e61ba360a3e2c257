export {
  type SimulatedBrowser,
  type SimulatedBrowserOptions,
  type SimulatedPage,
  simulatedBrowser,
} from './simulated-browser.ts';
