// SPDX-License-Identifier: Apache-2.0
import { defineConfig } from "vitest/config";

export default defineConfig({
    test: { include: ["system/**/*.test.ts"], testTimeout: 30_000, watch: false },
});
