/** The one door to the other side: types of the contract, and nothing that runs. */
import type { ContractRouterClient } from '@orpc/contract';
import type * as z from 'zod';
import type {
  Finding as FindingSchema,
  InviteView as InviteViewSchema,
  LineInput as LineInputSchema,
  LineVariant as LineVariantSchema,
  Money as MoneySchema,
} from '../src-main/app/views.ts';
import type { Contract } from '../src-main/shell/contract.ts';

export type { ErrorCode } from '../src-main/base/error-code.ts';
export type {
  AccountView,
  CartSummary,
  CartView,
  CartWritten,
  Change,
  DeviceView,
  LineGroup,
  LineView,
  MemberView,
  Product,
  RingView,
  Safety,
  SiblingView,
  Status,
} from '../src-main/app/views.ts';

export type { NearbyDoor, NearbyRing } from '../src-main/app/views/nearby.ts';
export type {
  BalanceView,
  CheckoutReview,
  OrderSummary,
  OrderView,
  OverlapView,
  SharedLineView,
  SpendingView,
  VoucherView,
} from '../src-main/app/views/orders.ts';
export type { PastCart, PastVersion, Suggestion } from '../src-main/app/views/cart-history.ts';

export type { ActivityLine, ActivityView } from '../src-main/app/views/activity.ts';
export type {
  DeadLetterView,
  FunctionList,
  FunctionView,
  LogLineView,
  ViewsView,
} from '../src-main/app/views/functions.ts';
export type { ArchiveSummary, ImportProgress } from '../src-main/app/views/archive.ts';
export type { GroupView } from '../src-main/app/views/queries.ts';
export type { CataloguePreview } from '../src-main/app/views/catalogue.ts';
export type { InStep, MemberInStep } from '../src-main/app/views/in-step.ts';
export type { KeptView, RingDrawing } from '../src-main/app/views/ring-drawing.ts';
export type { PlanView, RingChangeInput, TransferView } from '../src-main/app/views/membership.ts';

export type Client = ContractRouterClient<Contract>;
export type Finding = z.infer<typeof FindingSchema>;
export type InviteView = z.infer<typeof InviteViewSchema>;
export type LineInput = z.infer<typeof LineInputSchema>;
export type LineVariant = z.infer<typeof LineVariantSchema>;
export type Money = z.infer<typeof MoneySchema>;
export type OrderList = Awaited<ReturnType<Client['orders']['list']>>;
