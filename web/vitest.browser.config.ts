import { defineConfig } from "vitest/config";

export default defineConfig({ test: { include: ["browser/**/*.test.ts"], fileParallelism: false, testTimeout: 60_000, hookTimeout: 90_000 } });
