import type { TariffUnit } from '@nephos/model/generated/enums.ts';
import { findUsageKind } from '@nephos/usage/usage-types.ts';
import type { DocumentLanguage } from './document-path.ts';

/** The words of a statement in one language. */
export interface Words {
  /** For browsers and readers. */
  locale: string;
  statement: string;
  creditNote: string;
  draft: string;
  draftWarning: string;
  /** Up to when a draft reaches. */
  asOf: string;
  /** Of a draft: what was used since the last period ended. */
  goingOn: string;
  number: string;
  corrects: string;
  month: string;
  period(from: string, until: string): string;
  issuedAt: string;
  timeZone: string;
  issuer: string;
  taxId: string;
  customer: string;
  domain: string;
  item: string;
  zone: string;
  quantity: string;
  price: string;
  amount(currency: string): string;
  resources(count: number): string;
  usage: string;
  discount(label: string, percent: string): string;
  tax(label: string, percent: string): string;
  of(base: string): string;
  discounts: string;
  taxes: string;
  total: string;
  tiered: string;
  included(units: string): string;
  upTo(units: string, price: string): string;
  beyond(price: string): string;
  page(current: number, count: number): string;
  /** Of a usage type, by CloudStack's number. */
  usageType(usageType: number): string;
  units: Record<TariffUnit, string>;
}

const english: Words = {
  locale: 'en',
  statement: 'Statement',
  creditNote: 'Credit note',
  draft: 'Draft statement',
  draftWarning: 'This is a draft. Nothing is to be paid by it, and it changes until the statement is issued.',
  asOf: 'As of',
  goingOn: 'since the last period ended',
  number: 'Number',
  corrects: 'Corrects statement',
  month: 'Billing month',
  period: (from, until) => `${from} to ${until}`,
  issuedAt: 'Issued on',
  timeZone: 'Time zone',
  issuer: 'From',
  taxId: 'Tax number',
  customer: 'To',
  domain: 'Domain',
  item: 'What was used',
  zone: 'Zone',
  quantity: 'Quantity',
  price: 'Price',
  amount: (currency) => `Amount (${currency})`,
  resources: (count) => (count === 1 ? '1 resource' : `${count} resources`),
  usage: 'Usage',
  discount: (label, percent) => `Discount: ${label}, ${percent}%`,
  tax: (label, percent) => `Tax: ${label}, ${percent}%`,
  of: (base) => `of ${base}`,
  discounts: 'Discounts',
  taxes: 'Taxes',
  total: 'Total',
  tiered: 'tiered',
  included: (units) => `${units} included`,
  upTo: (units, price) => `up to ${units}: ${price}`,
  beyond: (price) => `beyond: ${price}`,
  page: (current, count) => `Page ${current} of ${count}`,
  usageType: (usageType) => {
    const label = findUsageKind(usageType)?.label ?? `usage type ${usageType}`;
    return label.charAt(0).toUpperCase() + label.slice(1);
  },
  units: {
    HOUR: 'h',
    DAY: 'd',
    MONTH: 'mo',
    CPU_HOUR: 'CPU h',
    CPU_MONTH: 'CPU mo',
    GIB_MEMORY_HOUR: 'GiB h',
    GIB_MEMORY_MONTH: 'GiB mo',
    GIB_HOUR: 'GiB h',
    GIB_MONTH: 'GiB mo',
    GIB: 'GiB',
    MILLION_OPERATIONS: 'million',
  },
};

const chineseTypes: Record<number, string> = {
  ...{ 1: '运行的虚拟机', 2: '已分配的虚拟机', 3: 'IP 地址', 4: '网络发送流量', 5: '网络接收流量' },
  ...{ 6: '卷', 7: '模板', 8: 'ISO 映像', 9: '快照', 10: '安全组', 11: '负载均衡策略', 12: '端口转发规则' },
  ...{
    13: '网络方案',
    14: 'VPN 用户',
    21: '磁盘读操作',
    22: '磁盘写操作',
    23: '磁盘读字节',
    24: '磁盘写字节',
  },
  ...{ 25: '虚拟机快照', 26: '二级存储上的卷', 27: '虚拟机快照的内存', 28: '备份', 29: '存储桶', 30: '网络' },
  31: 'VPC',
};

const chinese: Words = {
  locale: 'zh-CN',
  statement: '账单',
  creditNote: '更正单',
  draft: '账单草稿',
  draftWarning: '本文件为草稿，不作为付款依据；在账单出具之前，内容仍会变化。',
  asOf: '截至',
  goingOn: '上一计量周期结束之后的用量',
  number: '编号',
  corrects: '更正的账单',
  month: '账期',
  period: (from, until) => `${from} 至 ${until}`,
  issuedAt: '出具日期',
  timeZone: '时区',
  issuer: '出具方',
  taxId: '税号',
  customer: '客户',
  domain: '域',
  item: '使用项目',
  zone: '资源域',
  quantity: '数量',
  price: '单价',
  amount: (currency) => `金额（${currency}）`,
  resources: (count) => `${count} 个资源`,
  usage: '使用费用',
  discount: (label, percent) => `折扣：${label}，${percent}%`,
  tax: (label, percent) => `税：${label}，${percent}%`,
  of: (base) => `基数 ${base}`,
  discounts: '折扣',
  taxes: '税费',
  total: '总计',
  tiered: '阶梯计价',
  included: (units) => `含 ${units}`,
  upTo: (units, price) => `${units} 以内：${price}`,
  beyond: (price) => `以上：${price}`,
  page: (current, count) => `第 ${current} 页，共 ${count} 页`,
  usageType: (usageType) => chineseTypes[usageType] ?? `使用类型 ${usageType}`,
  units: {
    HOUR: '小时',
    DAY: '天',
    MONTH: '月',
    CPU_HOUR: 'CPU 小时',
    CPU_MONTH: 'CPU 月',
    GIB_MEMORY_HOUR: 'GiB 小时',
    GIB_MEMORY_MONTH: 'GiB 月',
    GIB_HOUR: 'GiB 小时',
    GIB_MONTH: 'GiB 月',
    GIB: 'GiB',
    MILLION_OPERATIONS: '百万次',
  },
};

/** The words of each language. */
export const words: Record<DocumentLanguage, Words> = { EN: english, ZH: chinese };
