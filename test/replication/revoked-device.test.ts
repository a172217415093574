import { describe, expect, it } from 'vitest';
import type { CartView } from '../../src-main/contract/carts.ts';
import type { LogFields, Logger } from '../../src-main/base/logger.ts';
import type { PartitionKey } from '../../src-main/domain/ids.ts';
import { readEnvelope } from '../../src-main/security/envelope-format.ts';
import { createHousehold, oneFamily, product } from '../app/household.ts';
